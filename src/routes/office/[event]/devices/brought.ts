/** Scans that tablets have handed in for each other, with the other one's name, empty where there is none any more. */
export interface Brought {
  /** What this tablet brought. */
  forOthers: { name: string; count: number }[];
  /** What others brought of this tablet's. */
  byOthers: { name: string; count: number }[];
}
