// Rewriting a passage: what is selected in the editor is sent with the whole text, the
// suggestion streams in beside it, and nothing changes before it is accepted.
import { say, toast } from "../../js/toast.js";

const $ = (id) => document.getElementById(id);

// rewriting sets the bar up. insert and nearest are the editor's: insert keeps undo.
export function rewriting(form, { insert, nearest }) {
  const box = $("rewrite"), body = form.elements.body;
  if (!box) return;
  const path = `${location.pathname}/rewrite`;
  const buttons = [...box.querySelectorAll("[data-action]")];
  let passage = null; // {at, text}: what the suggestion on screen is for
  let source = null, turn = 0, id = 0;
  box.hidden = false;

  // selected is the selection without the white space at its ends; null for none.
  const selected = () => {
    const { selectionStart: from, selectionEnd: to, value } = body;
    const text = value.slice(from, to), words = text.trim();
    return words && !body.hidden ? { at: from + text.indexOf(words), text: words } : null;
  };
  const update = () => {
    const on = Boolean(selected());
    for (const b of buttons) b.setAttribute("aria-disabled", String(!on));
    $("rw-hint").textContent = on ? "Selection:" : "Select text to change it:";
  };
  for (const kind of ["select", "keyup", "pointerup", "input", "focus"]) body.addEventListener(kind, update);
  document.addEventListener("selectionchange", update);
  update();
  stops(box.querySelector("[role=toolbar]"));

  // shut leaves what is on screen to itself: what is still being written is stopped, since it costs credits.
  const shut = () => {
    turn++;
    if (!source) return;
    source.close();
    source = null;
    fetch(`/write/texts/${id}/stop`, { method: "POST", redirect: "manual", keepalive: true, body: new URLSearchParams() }).catch(() => {});
  };
  addEventListener("pagehide", shut);

  // close ends what is on screen and leads back to the passage.
  const close = () => {
    shut();
    $("suggestion").hidden = true;
    passage = null;
    body.focus();
  };

  const show = (text) => {
    $("suggestion").hidden = false;
    $("rw-status").textContent = text;
    $("rw-accept").hidden = true;
  };

  const fail = (why) => {
    shut();
    show("");
    $("rw-text").replaceChildren(Object.assign(document.createElement("p"), { className: "banner bad", textContent: why }));
    say(why);
  };

  const ask = async (action) => {
    const at = selected();
    if (!at) { say("Select text first."); return; }
    const tone = action === "tone" ? $("rw-tone").value.trim() : "";
    if (action === "tone" && !tone) { $("rw-tone").focus(); say("Say which tone first."); return; }
    shut();
    const mine = turn;
    passage = at;
    show("Writing a suggestion…");
    $("rw-text").replaceChildren();
    const points = (n) => String([...body.value.slice(0, n)].length);
    const answer = await post(path, {
      body: body.value, start: points(at.at), end: points(at.at + at.text.length), action, tone,
    }, "application/json");
    if (mine !== turn) return;
    const said = await answer?.json().catch(() => null);
    if (mine !== turn) return;
    if (!answer?.ok || !said) { fail(why(answer, said)); return; }
    id = said.id;
    follow(mine);
  };

  const follow = (mine) => {
    const grown = document.createElement("div");
    grown.className = "prose-text";
    $("rw-text").replaceChildren(grown);
    source = new EventSource(`/write/texts/${id}/stream`);
    source.addEventListener("text", (e) => grown.append(JSON.parse(e.data).text));
    source.onerror = () => { if (source?.readyState === EventSource.CLOSED) fail(why()); }; // else it tries again
    source.onmessage = async () => { // [DONE]
      source?.close();
      source = null;
      const r = await post(`${path}/${id}`, { passage: passage.text }, "text/html");
      const html = await r?.text().catch(() => "");
      if (mine !== turn) return;
      if (r?.status === 409) { setTimeout(() => { if (mine === turn) follow(mine); }, 1000); return; } // the stream broke off
      if (!r?.ok) { fail(why(r)); return; }
      $("rw-text").innerHTML = html; // of the server, with every text escaped
      const ready = $("rw-text").querySelector("[data-suggestion]");
      $("rw-status").textContent = ready ? "Suggestion" : "No suggestion";
      $("rw-accept").hidden = !ready;
      say(ready ? "The suggestion is ready." : "There is no suggestion.");
      if (ready && !body.matches(":focus")) $("rw-accept").focus();
    };
  };

  const accept = () => {
    const now = $("rw-text").querySelector("[data-suggestion]")?.dataset.suggestion;
    if (!now || !passage) return;
    if (body.hidden) { say("Close the preview first."); return; }
    const at = nearest(body.value, passage.text, passage.at);
    if (at < 0) {
      toast("The passage has changed since, so the suggestion has no place. Select the text again.", { bad: true });
      return;
    }
    const was = passage.text;
    close();
    insert(body, at, at + was.length, now);
    body.setSelectionRange(at, at + now.length);
    update();
    say("The suggestion is in the text. Save to keep it.");
  };

  $("rw-accept").addEventListener("click", accept);
  $("rw-reject").addEventListener("click", close);
  box.addEventListener("click", (e) => {
    const b = e.target.closest("[data-action]");
    if (b) ask(b.dataset.action);
  });
  box.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !$("suggestion").hidden) { e.preventDefault(); close(); }
    if (e.key !== "Enter" || e.target !== $("rw-tone")) return;
    e.preventDefault(); // Enter would save the item
    if (!e.isComposing) ask("tone");
  });
}

async function post(path, fields, accept) {
  return fetch(path, { method: "POST", headers: { Accept: accept, "HX-Request": "true" }, body: new URLSearchParams(fields) }).catch(() => null);
}

// why says for people why there is no suggestion.
function why(answer, said) {
  if (answer?.status === 401) return "You’re signed out. Your text stays here. Sign in with a link in another tab, then try again.";
  return said?.message ?? said?.detail ?? "The suggestion could not be loaded. Your text stays here. Try again in a moment.";
}

// stops makes one tab stop of the buttons; arrows move among them.
function stops(bar) {
  const buttons = [...bar.querySelectorAll("button")];
  const at = (b) => { for (const x of buttons) x.tabIndex = x === b ? 0 : -1; };
  at(buttons[0]);
  bar.addEventListener("focusin", (e) => { if (buttons.includes(e.target)) at(e.target); });
  bar.addEventListener("keydown", (e) => {
    const i = buttons.indexOf(e.target), step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (i < 0 || !step) return;
    e.preventDefault();
    buttons[(i + step + buttons.length) % buttons.length].focus();
  });
}
