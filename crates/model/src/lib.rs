//! Words of Shouyue that three rooms or more share: ids, items, masks, calendar, deadlines.
