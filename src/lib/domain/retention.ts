/** How many days after its end an event's personal data is kept, where its owner has not decided otherwise. */
export const KEPT_DAYS = 28;
/** Within which days the owner may decide. */
export const KEPT_DAYS_LIMITS = { min: 1, max: 365 };
