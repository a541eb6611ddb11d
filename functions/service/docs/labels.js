// The page's own words. What the document says stays as it is.
const LABELS = {
  en: {
    search: "Search ( / )", nothing: "Nothing matches.", schemas: "Schemas", other: "中文",
    user: "User name or e-mail", password: "Password", login: "Log in", logout: "Log out", asUser: "Logged in as",
    parameters: "Parameters", body: "Body", answers: "Answers", example: "Example", required: "required",
    needsToken: "needs a token", trial: "Try it", send: "Send", stop: "Stop", sending: "Waiting …",
    streaming: "Streaming …", stopped: "Stopped", failed: "No answer", headers: "Headers", notGiven: "not given",
    curl: "As a curl command", broken: "The document could not be read", range: "from", upTo: "to", length: "length",
    defaultIs: "default", notLoggedIn: "You are not logged in: this will be a 401.",
  },
  zh: {
    search: "搜索（/）", nothing: "没有匹配的接口。", schemas: "数据结构", other: "English",
    user: "用户名或邮箱", password: "密码", login: "登录", logout: "退出", asUser: "已登录：",
    parameters: "参数", body: "请求体", answers: "响应", example: "示例", required: "必填",
    needsToken: "需要登录", trial: "试一试", send: "发送", stop: "停止", sending: "等待响应……",
    streaming: "接收中……", stopped: "已停止", failed: "没有响应", headers: "响应头", notGiven: "不传",
    curl: "curl 命令", broken: "无法读取文档", range: "最小", upTo: "最大", length: "长度",
    defaultIs: "默认", notLoggedIn: "尚未登录：将得到 401。",
  },
};

let language = sessionStorage.getItem("parley.language")
  || ((navigator.languages || [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => LABELS[tag]) || "en");

function say(key) {
  return LABELS[language][key];
}

function changeLanguage() {
  language = language === "en" ? "zh" : "en";
  sessionStorage.setItem("parley.language", language);
}
