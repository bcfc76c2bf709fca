// A field for a picture: it can be dropped or pasted, and is shown.
export function picture(field, preview) {
  const input = field.querySelector("input[type=file]");
  field.querySelector("[data-script]").hidden = false;

  const show = () => {
    preview.textContent = "";
    const file = input.files[0];
    preview.hidden = !file;
    if (!file) return;
    const reader = new FileReader(); // the policy of the page allows data: and no blob:
    reader.onload = () => {
      const img = document.createElement("img");
      img.src = reader.result;
      img.alt = file.name;
      preview.append(img);
    };
    reader.readAsDataURL(file);
  };
  const take = (e, files) => {
    const file = [...files].find((f) => f.type.startsWith("image/"));
    if (!file) return;
    e.preventDefault();
    const list = new DataTransfer();
    list.items.add(file);
    input.files = list.files;
    show();
  };

  input.addEventListener("change", show);
  document.addEventListener("paste", (e) => take(e, e.clipboardData?.files ?? []));
  field.addEventListener("dragover", (e) => { e.preventDefault(); field.classList.add("over"); });
  field.addEventListener("dragleave", () => field.classList.remove("over"));
  field.addEventListener("drop", (e) => { field.classList.remove("over"); take(e, e.dataTransfer.files); });
}
