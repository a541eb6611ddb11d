// A viewer-request function of CloudFront (cloudfront-js-2.0), for `/ws/*`. API Gateway knows no path behind a
// WebSocket API's stage, so the room of `/ws/chat-room/{room_id}` moves into the query string.
const STAGE_PATH = '/{stage}';
const CHAT_ROOM = /^\/ws\/chat-room\/([^/]+)\/?$/;
const NOT_FOUND = {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: { 'content-type': { value: 'application/json' }, 'cache-control': { value: 'no-store' } },
    body: '{"success": false, "error": "接口不存在", "code": 404, "type": "not_found"}',
};

function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch (error) {
        return null;
    }
}

function handler(event) {
    const request = event.request;
    const match = CHAT_ROOM.exec(request.uri);
    const room = match && decode(match[1]);
    if (!room) {
        return NOT_FOUND;
    }
    // However it is written there, a room of the query's own does not go before the path's.
    for (const name of Object.keys(request.querystring)) {
        if (decode(name) === 'room_id') {
            delete request.querystring[name];
        }
    }
    request.querystring.room_id = { value: encodeURIComponent(room) };
    request.uri = STAGE_PATH;
    return request;
}
