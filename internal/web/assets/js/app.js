// The entry: everything that works on every page. Modules for one page do
// nothing where their elements are missing.
import { announceFlash, copyButtons, tickTimes, filterForms, localFilter, once } from "./small.js";
import { shortcuts } from "./keys.js";
import { live } from "./live.js";
import "./board.js";
import { run } from "./run.js";
import { editor } from "./editor.js";

announceFlash();
copyButtons();
tickTimes();
filterForms();
localFilter();
once();
shortcuts();
run();
editor();
live();
