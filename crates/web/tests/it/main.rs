//! The room, seen from outside.

#[cfg(test)]
mod api;
#[cfg(test)]
mod faces;
#[cfg(test)]
mod html;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod sample;
