// Shows only the way to write the condition that is chosen. Without scripts both are there,
// and the other one is not read. A condition goes from rows to text as it is.
const form = document.getElementById('rule-form')
if (form) {
  const text = document.getElementById('f-when')
  const mode = () => form.elements.mode.value
  const show = () => {
    for (const part of form.querySelectorAll('[data-mode]')) part.hidden = part.dataset.mode !== mode()
  }
  for (const radio of form.elements.mode) {
    radio.addEventListener('change', () => {
      const written = document.getElementById('condition')
      if (mode() === 'text' && written) text.value = written.textContent
      show()
    })
  }
  show()
}
