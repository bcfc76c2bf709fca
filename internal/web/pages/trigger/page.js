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

// Shows only what belongs to the chosen schedule.
const repeat = document.getElementById('f-t-repeat')
if (repeat) {
  const show = () => {
    for (const part of document.querySelectorAll('[data-repeat]')) part.hidden = !part.dataset.repeat.split(' ').includes(repeat.value)
  }
  repeat.addEventListener('change', show)
  show()
}
