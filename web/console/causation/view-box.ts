/** The part of a drawing that is seen. */
export interface ViewBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest and the largest part that can be looked at, in the drawing's units. */
const WIDTH_MIN = 200;
const WIDTH_MAX = 20_000;

/** How small a drawing may be shown at first, in pixels for each of its units: what is written in it is to be read. */
const SCALE_MIN = 0.65;

/** All of a drawing's width, or as much of its left as can be read where the place for it (in pixels) is small. */
export function fitted(width: number, place: { readonly width: number; readonly height: number }): ViewBox {
  const seen = Math.min(Math.max(width, place.width), place.width / SCALE_MIN);
  return {
    x: Math.min(0, (width - seen) / 2),
    y: 0,
    width: seen,
    height: (seen * place.height) / place.width,
  };
}

/** Nearer (`factor` below 1) or further, about a point that stays where it is. */
export function zoomed(
  box: ViewBox,
  factor: number,
  about?: { readonly x: number; readonly y: number },
): ViewBox {
  const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, box.width * factor));
  const by = width / box.width;
  const at = about ?? { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return { x: at.x - (at.x - box.x) * by, y: at.y - (at.y - box.y) * by, width, height: box.height * by };
}

/** Moved by a share of what is seen. */
export function moved(box: ViewBox, right: number, down: number): ViewBox {
  return { ...box, x: box.x + box.width * right, y: box.y + box.height * down };
}

/** Moved so that a point is seen. */
export function showing(box: ViewBox, { x, y }: { readonly x: number; readonly y: number }): ViewBox {
  const inside = x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
  return inside ? box : { ...box, x: x - box.width / 2, y: y - box.height / 2 };
}
