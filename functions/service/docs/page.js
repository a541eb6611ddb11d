// The page: what there is by tag, a search over it, and the operations themselves.
function operationView(method, path, operation) {
  const summary = make("summary", {},
    make("span", { className: `method ${method}` }, method),
    make("span", { className: "path" }, path),
    make("span", {}, operation.summary),
    operation.security ? make("span", { className: "token" }, say("needsToken")) : null);
  const view = unfolding({ className: "operation", id: operation.operationId }, summary, () => make("div", {},
    make("div", {}, prose(operation.description), parametersView(operation), bodyView(operation),
      answersView(operation)),
    trialView(method, path, operation)));
  view.dataset.text = `${method} ${path} ${JSON.stringify(operation)}`.toLowerCase();
  return view;
}

function parametersView(operation) {
  const fields = operation.parameters.map(resolved).flatMap((each) =>
    fieldView(each.name, { ...each.schema, description: each.description }, each.required));
  return fields.length ? [make("h3", {}, say("parameters")), make("dl", {}, fields)] : [];
}

function bodyView(operation) {
  const content = operation.requestBody?.content["application/json"];
  return content ? [make("h3", {}, say("body")), contentView(content)] : [];
}

function contentView(content) {
  const cases = content.examples ? Object.entries(content.examples).map(([name, each]) => [name, each.value]) : [];
  if (content.example !== undefined) cases.push([say("example"), content.example]);
  return make("div", {},
    content.schema ? schemaView(content.schema) : null,
    cases.map(([name, value]) => make("details", { open: cases.length === 1 },
      make("summary", {}, cases.length === 1 ? say("example") : make("code", {}, name)),
      make("pre", { tabIndex: 0 }, shown(value)))));
}

function answersView(operation) {
  return [make("h3", {}, say("answers")), ...Object.entries(operation.responses).map(([status, node]) => {
    const response = resolved(node);
    const contents = Object.entries(response.content || {});
    const firstLine = response.description.split(/(?<=\.) |\n/)[0];
    return unfolding({},
      make("summary", {}, make("strong", { className: status < 400 ? "good" : "bad" }, status), " ",
        make("span", { className: "soft" }, inline(firstLine))),
      () => [
        ...(response.description.length > firstLine.length ? prose(response.description) : []),
        ...Object.entries(response.headers || {}).flatMap(([name, header]) =>
          make("dl", {}, fieldView(name, { ...header.schema, description: header.description }, false))),
        ...contents.flatMap(([type, content]) =>
          [make("p", { className: "soft" }, type), contentView(content)]),
      ]);
  })];
}

function operationsOf(tag) {
  return Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods)
    .filter(([, operation]) => operation.tags.includes(tag.name))
    .map(([method, operation]) => [method.toUpperCase(), path, operation]));
}

function sectionView(tag) {
  return make("section", { id: `tag-${tag.name}` }, make("h2", {}, tag.name), prose(tag.description),
    operationsOf(tag).map((each) => operationView(...each)));
}

function schemasView() {
  return make("section", { id: "schemas" }, make("h2", {}, say("schemas")),
    Object.entries(api.components.schemas).map(([name, schema]) => {
      const view = unfolding({ className: "operation", id: `schema-${name}` },
        make("summary", {}, make("span", { className: "path" }, name)),
        () => make("div", {}, make("div", {}, prose(schema.description), schemaView(schema))));
      view.dataset.text = `${name} ${JSON.stringify(schema)}`.toLowerCase();
      return view;
    }));
}

function contentsView() {
  const search = make("input", { type: "search", id: "search", placeholder: say("search"), "aria-label": say("search"),
    oninput: (event) => filter(event.target.value) });
  return [search, ...api.tags.map((tag) => make("section", {}, make("h2", {}, tag.name),
    make("ul", {}, operationsOf(tag).map(([method, path, operation]) => make("li", {},
      make("a", { href: `#${operation.operationId}`, title: `${method} ${path}` },
        make("span", { className: `method ${method}` }, method), " ", operation.summary))))))];
}

// All words must occur, anywhere in what the document says of an operation.
function filter(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  let matches = 0;
  for (const view of document.querySelectorAll("main .operation")) {
    view.hidden = !wanted.every((word) => view.dataset.text.includes(word));
    const link = document.querySelector(`nav a[href="#${view.id}"]`);
    if (link) link.parentElement.hidden = view.hidden;
    matches += view.hidden ? 0 : 1;
  }
  for (const section of document.querySelectorAll("main > section, nav > section")) {
    section.hidden = ![...section.querySelectorAll(".operation, li")].some((each) => !each.hidden);
  }
  document.getElementById("introduction").hidden = wanted.length > 0;
  document.getElementById("nothing").hidden = matches > 0;
}

function show() {
  document.documentElement.lang = language;
  document.title = `${api.info.title} API`;
  document.getElementById("top").replaceChildren(
    make("h1", {}, `${api.info.title} API `, make("small", {}, api.info.version)),
    make("a", { href: `${root}/api/openapi.json` }, "openapi.json"),
    make("button", { type: "button", onclick: () => { changeLanguage(); show(); } }, say("other")),
    sessionForm());
  document.getElementById("contents").replaceChildren(...contentsView());
  document.getElementById("main").replaceChildren(
    make("div", { id: "introduction" }, prose(api.info.description)),
    make("p", { id: "nothing", role: "status", hidden: true }, say("nothing")),
    ...api.tags.map(sectionView), schemasView());
  openAddressed();
}

function openAddressed() {
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted?.classList.contains("operation")) {
    wanted.open = true;
    wanted.scrollIntoView();
    wanted.querySelector("summary").focus({ preventScroll: true });
  }
}

addEventListener("hashchange", openAddressed);
addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
    event.preventDefault();
    document.getElementById("search")?.focus();
  }
});
fetch(`${root}/api/openapi.json`)
  .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.status))))
  .then((read) => { api = read; show(); })
  .catch((error) => document.getElementById("main").replaceChildren(make("p", { className: "bad" }, `${say("broken")}: ${error.message}`)));
