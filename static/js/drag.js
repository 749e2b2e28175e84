// Dragging rows of a list by their grip: finger, pen and mouse alike.

const EDGE_PX = 90;
const SCROLL_PX = 12;

/**
 * @param {HTMLElement} list rows with a `.grip`; those marked `.fixed` stay where they are
 * @param {{busy: (on: boolean) => void, moved: (id: string, before: string|null) => void}} on
 * @param {AbortSignal} [signal] ends it
 */
export function makeSortable(list, on, signal) {
  let row = null;
  let from = null;

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || grip.disabled || event.button !== 0) return;
    row = grip.closest("li");
    from = row.nextElementSibling;
    grip.setPointerCapture(event.pointerId);
    row.classList.add("lifted");
    on.busy(true);
  }, { signal });

  list.addEventListener("pointermove", (event) => {
    if (!row) return;
    const others = [...list.children].filter((other) => other !== row && !other.classList.contains("fixed"));
    const over = others.find((other) => beyond(row, other, event.clientY));
    if (over) list.insertBefore(row, follows(row, over) ? over.nextElementSibling : over);
    if (event.clientY < EDGE_PX) scrollBy(0, -SCROLL_PX);
    if (event.clientY > innerHeight - EDGE_PX * 2.5) scrollBy(0, SCROLL_PX);
  }, { signal });

  const drop = (cancelled) => {
    if (!row) return;
    const dropped = row;
    row = null;
    dropped.classList.remove("lifted");
    const before = dropped.nextElementSibling?.dataset.key ?? null;
    if (!cancelled && dropped.nextElementSibling !== from) on.moved(dropped.dataset.key, before);
    else if (cancelled) list.insertBefore(dropped, from);
    setTimeout(() => on.busy(false), cancelled ? 0 : 400);
  };
  list.addEventListener("pointerup", () => drop(false), { signal });
  list.addEventListener("pointercancel", () => drop(true), { signal });
}

const follows = (row, other) => Boolean(row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

/** Whether the pointer has passed the middle of `other` on its way from `row`. */
function beyond(row, other, y) {
  const box = other.getBoundingClientRect();
  const middle = box.top + box.height / 2;
  return y > box.top && y < box.bottom && (follows(row, other) ? y > middle : y < middle);
}
