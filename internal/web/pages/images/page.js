// The form of images: a picture to begin with can be dropped or pasted, and is shown.
import { picture } from "../../js/picture.js";

const field = document.querySelector(".im-source");
if (field) picture(field, field.querySelector(".im-preview"));
