// Elements are built, never parsed: nothing that the document or an answer says becomes markup.
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list" && name !== "form") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// Markdown as far as the document uses it: paragraphs, lists, `code` and **bold**.
function prose(text) {
  return (text || "").trim().split(/\n\s*\n/).filter(Boolean).map((block) => {
    if (!/^- /m.test(block)) return make("p", {}, inline(block));
    const [before, ...items] = block.split(/^- /m);
    return [
      before.trim() ? make("p", {}, inline(before)) : null,
      make("ul", {}, items.map((item) => make("li", {}, inline(item)))),
    ];
  }).flat();
}

function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((piece) => {
    if (piece.startsWith("`") && piece.length > 2) return make("code", {}, piece.slice(1, -1));
    if (piece.startsWith("**") && piece.length > 4) return make("strong", {}, piece.slice(2, -2));
    return piece;
  });
}

// What is in it is only made when it is opened.
function unfolding(properties, summary, content) {
  const element = make("details", properties, summary);
  element.addEventListener("toggle", () => {
    if (element.open && element.children.length === 1) element.append(...[content()].flat());
  });
  return element;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
