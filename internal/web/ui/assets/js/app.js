// The entry: what works on every page, and the scripts of the pages, which do
// nothing where their elements are missing.
import "./pages.js";
import { announceFlash, copyButtons, tickTimes, filterForms, popovers } from "./small.js";
import { forms } from "./forms.js";
import { drafts } from "./draft.js";
import { shortcuts } from "./shortcuts.js";
import { live } from "./live.js";
import { badges } from "./badges.js";

announceFlash();
copyButtons();
tickTimes();
filterForms();
forms();
drafts();
popovers();
shortcuts();
live();
badges();
