// A client of the replay, by the library `ws`: prints a line with the hash of each frame it received, in hex.
// Arguments: the address, the number of turns.
const { createHash } = require("node:crypto");
const WebSocket = require("ws");

const [address, turns] = [process.argv[2], Number(process.argv[3])];
const socket = new WebSocket(`${address}/v3/realtime`);
const send = (frame) => socket.send(JSON.stringify(frame));
let asked = 0;

function ask() {
  if (asked++ === turns) return socket.close();
  send({ type: "audio.append", audio: Buffer.alloc(1234).toString("base64") });
  send({ type: "audio.commit" });
  send({ type: "response.create" });
}

socket.on("open", () => send({ type: "session.start", config: { model: "any", voice: "other" } }));
socket.on("message", (data) => {
  console.log(createHash("sha256").update(data).digest("hex"));
  // What was recorded may be no JSON at all.
  if (/^.{0,40}"(session\.started|response\.completed)"/.test(String(data))) ask();
});
socket.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
