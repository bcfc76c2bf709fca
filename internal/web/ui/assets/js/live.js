// One event stream per browser. Visible tabs compete for a lock; its holder opens the
// stream and relays it to the others. The events are nudges: a page fetches its live
// part again and morphs it.
import { refresh } from "./refresh.js";

const channel = "BroadcastChannel" in window ? new BroadcastChannel("vellocity-live") : null;
let source = null, release = null, waiting = false, lost = 0, fresh = false;

export function live() {
  if (channel) channel.onmessage = (e) => {
    if (e.data.ask) { if (source?.readyState === EventSource.OPEN) channel.postMessage({ state: "live" }); }
    else if (e.data.nudge) receive(e.data.nudge);
    else state(e.data.state, e.data.again);
  };
  document.addEventListener("visibilitychange", hold);
  addEventListener("pagehide", letGo);
  addEventListener("pageshow", (e) => { if (e.persisted) { hold(); refreshAll(); } });
  hold();
}

function hold() {
  if (document.hidden) { letGo(); return; }
  if (source || waiting) return;
  if (!navigator.locks || !channel) { connect(); return; }
  waiting = true;
  navigator.locks.request("vellocity-live", () => {
    waiting = false;
    if (document.hidden) return;
    connect();
    return new Promise((done) => { release = done; });
  });
  channel.postMessage({ ask: true });
}

function letGo() {
  source?.close();
  source = null;
  release?.();
  release = null;
}

function connect() {
  source = new EventSource("/events");
  source.addEventListener("open", () => {
    const again = lost > 0;
    lost = 0;
    broadcast({ state: "live", again });
  });
  source.addEventListener("error", () => {
    lost++;
    broadcast({ state: "lost" });
    if (source?.readyState === EventSource.CLOSED) {
      letGo();
      setTimeout(hold, Math.min(10000, 1000 * lost));
    }
  });
  source.addEventListener("nudge", (e) => broadcast({ nudge: JSON.parse(e.data) }));
}

function broadcast(message) {
  channel?.postMessage(message);
  if (message.nudge) receive(message.nudge);
  else state(message.state, message.again);
}

function state(name, again) {
  const dot = document.getElementById("live-dot");
  if (!dot || !name) return;
  dot.dataset.state = name;
  dot.querySelector("span").textContent = name === "live" ? "Live" : navigator.onLine ? "Reconnecting…" : "Offline";
  // Events between the rendering of the page and the start of the stream were missed.
  if (again || (name === "live" && !fresh)) refreshAll();
  fresh ||= name === "live";
}

function receive(n) {
  document.dispatchEvent(new CustomEvent("live-any"));
  if (!n.name) { refreshAll(); return; } // events were skipped
  if (n.name.startsWith("notification.")) nudge("live-notice", n);
  if (n.name.startsWith("image.")) nudge("live-image", n);
  if (n.name.startsWith("listing.")) nudge("live-listing", n);
  if (n.name.startsWith("aws.")) nudge("live-aws", n);
  if (n.content) {
    document.dispatchEvent(new CustomEvent("live-item", { detail: n }));
    nudge("live-board", n);
  }
  if (n.execution) {
    nudge("live-exec", n);
    nudge(`live-exec-${n.execution}`, n);
  }
}

const due = new Map();

// nudge refreshes the part that listens, at most about eight times a second and never
// while the last refresh is under way.
function nudge(name, detail) {
  const el = document.querySelector(`[data-refresh="${CSS.escape(name)}"]`);
  if (!el || due.has(name)) return;
  due.set(name, setTimeout(async () => {
    due.delete(name);
    document.dispatchEvent(new CustomEvent(name, { detail }));
    await refresh(el);
  }, 120));
}

function refreshAll() {
  const el = document.querySelector("[data-refresh]");
  if (el && !el.querySelector("[data-ended=true]")) refresh(el);
}
