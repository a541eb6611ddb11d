// Who is logged in. The token is forgotten with the tab.
const session = {
  get token() {
    return sessionStorage.getItem("parley.token") || "";
  },
  get user() {
    return sessionStorage.getItem("parley.user") || "";
  },
  begin(token, user) {
    sessionStorage.setItem("parley.token", token);
    sessionStorage.setItem("parley.user", user);
    showSession();
  },
  end() {
    sessionStorage.removeItem("parley.token");
    sessionStorage.removeItem("parley.user");
    showSession();
  },
};

// Where the API begins: behind a stage's name, where there is one.
const root = location.pathname.replace(/\/api\/docs\/?$/, "");

async function call(method, path, body) {
  const headers = { "Accept-Language": language, "Content-Type": "application/json" };
  if (session.token) headers.Authorization = `Bearer ${session.token}`;
  const response = await fetch(root + path, { method, headers, body: body && JSON.stringify(body) });
  return response.json();
}

async function logIn(event) {
  event.preventDefault();
  const { username, password, message } = event.target.elements;
  message.value = say("sending");
  try {
    const answer = await call("POST", "/api/auth/login", { username: username.value, password: password.value });
    message.value = answer.error || "";
    if (answer.success) session.begin(answer.data.access_token, answer.data.user.username);
  } catch {
    message.value = say("failed");
  }
}

function logOut(event) {
  event.preventDefault();
  call("POST", "/api/auth/logout").catch(() => undefined);
  session.end();
}

function sessionForm() {
  if (session.token) {
    return make("form", { id: "session", onsubmit: logOut },
      make("span", {}, `${say("asUser")} `, make("strong", {}, session.user)),
      make("button", {}, say("logout")));
  }
  const field = (name, type, label, autocomplete) =>
    make("input", { name, type, placeholder: label, "aria-label": label, required: true, autocomplete });
  return make("form", { id: "session", onsubmit: logIn },
    field("username", "text", say("user"), "username"),
    field("password", "password", say("password"), "current-password"),
    make("button", {}, say("login")),
    make("output", { name: "message", className: "bad" }));
}

function showSession() {
  document.getElementById("session")?.replaceWith(sessionForm());
  for (const hint of document.querySelectorAll(".hint")) hint.hidden = Boolean(session.token);
}
