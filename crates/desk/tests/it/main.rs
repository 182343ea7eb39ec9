//! The desks from outside, on a real store in a temporary folder, with the published policy of 海港.

mod acts;
mod faces;
mod house;
