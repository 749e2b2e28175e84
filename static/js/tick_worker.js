// Ticks for a page that nobody looks at: there its own timers may stand still for a minute, a worker's do not.

setInterval(() => postMessage(null), 250);
