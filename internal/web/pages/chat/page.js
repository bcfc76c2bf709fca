// The page of a conversation: shows the answer while it is written, then its sources and what can be done with it.
import { refresh } from "../../js/refresh.js";
import { say } from "../../js/toast.js";

const main = document.querySelector("[data-chat]");
if (main) follow();

function follow() {
  const running = () => document.getElementById("stream");
  if (!running()) return;
  let source = null, begun = false;

  const open = () => {
    if (source || !running()) return;
    source = new EventSource(`/chat/${main.dataset.chat}/stream?message=${running().dataset.message}`);
    source.addEventListener("text", (e) => {
      const el = running();
      if (!el) return;
      if (!begun) el.textContent = ""; // the stream has all of it, from its beginning
      begun = true;
      el.append(JSON.parse(e.data).text);
    });
    source.onmessage = async () => { // [DONE]: read the answer
      shut();
      await refresh(main);
      if (running()) { setTimeout(open, 1000); return; }
      say("The answer was written.");
      document.dispatchEvent(new Event("htmx:after:swap"));
    };
  };
  const shut = () => { source?.close(); source = null; begun = false; };
  addEventListener("pagehide", shut);
  open();
}
