// The form of a workflow template: names are inserted where the person last typed, a step
// that is referred to is waited for, and a link to a field opens the step around it. The
// form itself works without this.
const form = document.getElementById("template-form");
if (form) start();

function start() {
  let last = null;
  form.addEventListener("focusin", (e) => {
    if (e.target.matches("input[type=text], textarea") && e.target.closest(".tf-step")) last = e.target;
  });
  document.getElementById("side").addEventListener("click", (e) => {
    const button = e.target.closest("[data-insert]");
    if (button) insert(last ?? form.querySelector(".tf-step[open] .tf-settings :is(input[type=text], textarea)"), button);
  });
  form.addEventListener("change", choices);
  choices();
  addEventListener("hashchange", () => unfold(location.hash));
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[href^='#']");
    if (link) unfold(link.getAttribute("href"));
  });
}

// insert writes a name at the caret. A condition has no braces.
function insert(field, button) {
  if (!field) return;
  const text = field.closest("[data-when]") ? button.dataset.insert.slice(3, -3) : button.dataset.insert;
  const own = field.closest(".tf-step").id, wait = document.querySelector(`input[name="${own}-after"][value="${button.dataset.step}"]`);
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  if (wait) wait.checked = true;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// choices shows the choices of an input only where its type is Choice.
function choices() {
  for (const part of form.querySelectorAll("[data-choices]")) {
    part.hidden = document.getElementById(`f-${part.dataset.choices}`).value !== "choice";
  }
}

function unfold(hash) {
  const to = document.getElementById(hash.slice(1));
  if (!form.contains(to)) return;
  for (let fold = to.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  to.focus();
}
