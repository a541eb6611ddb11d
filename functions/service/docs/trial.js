// Sends a request and shows what comes back, while it comes.
function trialView(method, path, operation) {
  const parameters = operation.parameters.map(resolved);
  const content = operation.requestBody?.content["application/json"];
  const out = make("div", { role: "status" });
  const stop = make("button", { type: "button", disabled: true }, say("stop"));
  const form = make("form", { className: "trial" },
    make("h3", {}, say("trial")),
    operation.security
      ? make("p", { className: "soft hint", hidden: Boolean(session.token) }, say("notLoggedIn")) : null,
    parameters.map(parameterField),
    content ? make("label", {}, say("body"),
      make("textarea", { name: "body", value: shown(exampleOf(content) ?? {}), spellcheck: false })) : null,
    make("button", { className: "main" }, say("send")), " ", stop, out);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ method, operation, form, out, stop, request: requestOf(method, path, operation, parameters, form) });
  });
  return form;
}

function parameterField(parameter) {
  const { name, schema = {} } = parameter;
  const choices = schema.enum || (schema.type === "boolean" ? [true, false] : null);
  const properties = { name: `parameter ${name}`, required: Boolean(parameter.required) };
  const field = choices
    ? make("select", properties, ["", ...choices].map((each) => make("option", {}, String(each))))
    : make("input", { ...properties, placeholder: parameter.required ? "" : say("notGiven"), autocomplete: "off" });
  return make("label", {}, make("code", {}, name), " ", make("span", { className: "soft" }, parameter.in), field);
}

function requestOf(method, path, operation, parameters, form) {
  const headers = { "Accept-Language": language };
  const query = new URLSearchParams();
  let target = path;
  for (const { name, in: place } of parameters) {
    const { value } = form.elements[`parameter ${name}`];
    if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(value));
    else if (value && place === "query") query.append(name, value);
    else if (value && place === "header") headers[name] = value;
  }
  if (operation.security && session.token) headers.Authorization = `Bearer ${session.token}`;
  const body = form.elements.body?.value;
  if (body) headers["Content-Type"] = "application/json";
  return { url: root + target + (String(query) && `?${query}`), options: { method, headers, body } };
}

async function send({ method, operation, form, out, stop, request }) {
  const controller = new AbortController();
  const line = make("p", {}, say("sending"));
  const text = make("pre", { tabIndex: 0 });
  out.replaceChildren(line, curlView(request));
  form.querySelector("button.main").disabled = true;
  stop.disabled = false;
  stop.onclick = () => controller.abort();
  const began = performance.now();
  try {
    const response = await fetch(request.url, { ...request.options, signal: controller.signal });
    const status = make("strong", { className: response.ok ? "good" : "bad" }, String(response.status));
    const took = () => ` ${Math.round(performance.now() - began)} ms`;
    line.replaceChildren(status, `${took()} · ${say("streaming")}`);
    out.append(headersView(response), text);
    const whole = await received(response, text);
    line.replaceChildren(status, took());
    adopt(operation, whole);
  } catch (error) {
    line.append(` ${error.name === "AbortError" ? say("stopped") : say("failed")}`);
  } finally {
    form.querySelector("button.main").disabled = false;
    stop.disabled = true;
  }
}

// A stream is shown piece by piece; JSON is put in order when it is whole.
async function received(response, text) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    text.append(value);
    text.scrollTop = text.scrollHeight;
  }
  const whole = text.textContent;
  if ((response.headers.get("content-type") || "").includes("json")) text.textContent = pretty(whole.trim());
  return whole;
}

// Who logs in or out by way of an operation is logged in or out on the page.
function adopt(operation, text) {
  if (!["logIn", "logOut"].includes(operation.operationId)) return;
  const answer = JSON.parse(text);
  if (answer.success && answer.data) session.begin(answer.data.access_token, answer.data.user.username);
  else if (answer.success) session.end();
}

function headersView(response) {
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return unfolding({}, make("summary", {}, say("headers")), () => make("pre", {}, lines.join("\n")));
}

function curlView({ url, options }) {
  const quoted = (value) => `'${value.replaceAll("'", "'\\''")}'`;
  const headers = Object.entries(options.headers).map(
    ([name, value]) => `-H ${name === "Authorization" ? '"Authorization: Bearer $TOKEN"' : quoted(`${name}: ${value}`)}`);
  const parts = [`curl -N -X ${options.method} ${quoted(location.origin + url)}`, ...headers];
  if (options.body) parts.push(`-d ${quoted(options.body)}`);
  return unfolding({}, make("summary", {}, say("curl")), () => make("pre", {}, parts.join(" \\\n  ")));
}
