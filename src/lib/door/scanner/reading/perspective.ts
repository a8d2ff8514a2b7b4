export interface Point {
  x: number;
  y: number;
}

/** A plane seen in perspective: nine numbers, row by row, that take a place on the plane to a place in the picture. */
export type Perspective = Float64Array;

/** Where the picture shows a place on the plane. */
export function project(view: Perspective, x: number, y: number): Point {
  const depth = view[6]! * x + view[7]! * y + view[8]!;
  return {
    x: (view[0]! * x + view[1]! * y + view[2]!) / depth,
    y: (view[3]! * x + view[4]! * y + view[5]!) / depth,
  };
}

/**
 * The perspective in which the corners of a square of side `side`, the first at the origin, are seen at four places:
 * in the order origin, along x, along y, opposite (Heckbert's closed form).
 */
export function perspectiveOf(
  side: number,
  [p, q, r, s]: readonly [Point, Point, Point, Point],
): Perspective {
  const sumX = p.x - q.x + s.x - r.x;
  const sumY = p.y - q.y + s.y - r.y;
  const [ax, ay, bx, by] = [q.x - s.x, q.y - s.y, r.x - s.x, r.y - s.y];
  const area = ax * by - ay * bx;
  const g = (sumX * by - sumY * bx) / area;
  const h = (ax * sumY - ay * sumX) / area;
  return Float64Array.of(
    (q.x - p.x + g * q.x) / side,
    (r.x - p.x + h * r.x) / side,
    p.x,
    (q.y - p.y + g * q.y) / side,
    (r.y - p.y + h * r.y) / side,
    p.y,
    g / side,
    h / side,
    1,
  );
}
