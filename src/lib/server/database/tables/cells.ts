/** SQLite has no booleans, and PostgreSQL is given the same numbers. */
export type Flag = 0 | 1;
/** JSON as text: read by a schema where it leaves the database. */
export type Json = string;
