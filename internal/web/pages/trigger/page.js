// Shows only the part of the form that belongs to what starts the trigger. Without scripts
// both parts are there, and the other one is not read.
const type = document.getElementById('f-t-type')
if (type) {
  const show = () => {
    for (const part of document.querySelectorAll('[data-type]')) part.hidden = part.dataset.type !== type.value
  }
  type.addEventListener('change', show)
  show()
}
