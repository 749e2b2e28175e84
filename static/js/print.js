// The button of the pages that are made for paper.

import { byId } from "./dom.js";

Object.assign(byId("print"), { onclick: () => print(), disabled: false });
