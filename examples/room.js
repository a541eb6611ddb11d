// A room in a browser: every event comes to `onEvent`, and after a lost connection what was missed comes first.
export function joinRoom(url, token, onEvent) {
  let last = "", left = false, socket;
  const connect = () => {
    socket = new WebSocket(`${url}?${new URLSearchParams({ token, after: last })}`);
    socket.onmessage = ({ data: frame }) => {
      const { event, data } = JSON.parse(frame);
      const messages = event === "history" ? data.messages : event === "message" ? [data] : [];
      for (const { id } of messages) if (id > last) last = id;  // ids sort as the room does
      onEvent(event, data);
    };
    socket.onclose = () => left || setTimeout(connect, 1000);
  };
  connect();
  return {
    say: (content) =>
      socket.send(JSON.stringify({ action: "send_message", content, client_id: crypto.randomUUID() })),
    leave: () => { left = true; socket.close(); },
  };
}
