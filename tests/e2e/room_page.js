// What a page does with examples/room.js, in a browser or in node; tells the test what it has seen.
export async function play(joinRoom, { url, token, report }) {
  const sockets = [], seen = [];
  const Socket = globalThis.WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...where) {
      super(...where);
      sockets.push(this);
    }
  };
  const tell = (what) => fetch(report, { method: "POST", mode: "no-cors", body: JSON.stringify(what) });
  await new Promise((resolve) => {
    const room = joinRoom(url, token, async (event, data) => {
      const messages = event === "history" ? data.messages : event === "message" ? [data] : [];
      const contents = messages.map((message) => message.content);
      seen.push(...contents);
      if (event === "agents" && sockets.length === 1) room.say("hello from a page");
      if (contents.includes("hello from a page")) {
        await tell({ stage: "said" });
        sockets[0].close();
      }
      if (contents.includes("the end")) {
        await tell({ stage: "end", seen, sockets: sockets.length });
        room.leave();
        resolve();
      }
    });
  });
}
