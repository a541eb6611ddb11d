// A viewer-request function of CloudFront (cloudfront-js-2.0), for all but `/ws/*`. It names who is calling,
// in the place of whatever the caller says: behind CloudFront, API Gateway sees CloudFront's own address.
function handler(event) {
    const request = event.request;
    request.headers['x-parley-viewer'] = { value: event.viewer.ip };
    return request;
}
