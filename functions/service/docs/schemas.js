// Schemas as lists of fields; those inside open where they are wanted.
let api = null;

function resolved(node) {
  let found = node;
  while (found && found.$ref) {
    found = found.$ref.slice(2).split("/").reduce((place, step) => place[step], api);
  }
  return found;
}

function nameOf(node) {
  return node.$ref ? node.$ref.split("/").pop() : node.properties?.event?.const || "{ }";
}

function alternatives(schema) {
  return schema.anyOf || schema.oneOf || [];
}

function typeText(schema) {
  if (!schema) return "";
  if (schema.$ref) {
    const target = resolved(schema);
    return target.properties ? nameOf(schema) : typeText(target);
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (alternatives(schema).length) return alternatives(schema).map(typeText).join(" | ");
  if (schema.type === "array") return `[${typeText(schema.items) || "…"}]`;
  if (!schema.type) return "any";
  return schema.format ? `${schema.type} (${schema.format})` : String(schema.type);
}

function limitsText(schema) {
  const parts = alternatives(schema).map(limitsText).filter(Boolean);
  const { minimum, maximum, minLength, maxLength, pattern } = schema;
  if (minimum !== undefined) parts.push(`${say("range")} ${minimum}`);
  if (maximum !== undefined) parts.push(`${say("upTo")} ${maximum}`);
  if (minLength !== undefined || maxLength !== undefined) {
    parts.push(`${say("length")} ${minLength ?? 0}–${maxLength ?? "∞"}`);
  }
  if (pattern) parts.push(pattern);
  if (schema.default !== undefined) parts.push(`${say("defaultIs")} ${JSON.stringify(schema.default)}`);
  return parts.join(" · ");
}

// The schemas with fields of their own that are somewhere inside: of a list's items, of alternatives.
function structures(schema) {
  if (!schema) return [];
  if (schema.$ref) return resolved(schema).properties ? [schema] : structures(resolved(schema));
  if (schema.properties) return [schema];
  return [...alternatives(schema), schema.items, schema.contentSchema].flatMap(structures);
}

function fieldView(name, schema, isRequired) {
  const inner = structures(schema);
  const limits = limitsText(schema);
  return [
    make("dt", {},
      make("code", {}, name), " ", make("span", { className: "soft" }, typeText(schema)), " ",
      isRequired ? make("span", { className: "required" }, say("required")) : null),
    make("dd", {},
      prose(schema.description || (schema.$ref ? resolved(schema).description : "")),
      limits ? make("p", { className: "soft" }, limits) : null,
      inner.map((each) => unfolding({}, make("summary", {}, nameOf(each)), () => fieldsView(each)))),
  ];
}

function fieldsView(node) {
  const schema = resolved(node);
  const required = new Set(schema.required || []);
  return make("dl", {}, Object.entries(schema.properties || {}).flatMap(
    ([name, field]) => fieldView(name, field, required.has(name))));
}

function schemaView(schema) {
  const inner = structures(schema);
  if (!inner.length) return make("p", { className: "soft" }, [typeText(schema), limitsText(schema)].join(" "));
  if (inner.length === 1 && !schema.items) return fieldsView(inner[0]);
  return make("div", {}, inner.map(
    (each) => unfolding({}, make("summary", {}, nameOf(each)), () => fieldsView(each))));
}

function exampleOf(content) {
  if (content.example !== undefined) return content.example;
  const [first] = Object.values(content.examples || {});
  return first ? first.value : undefined;
}
