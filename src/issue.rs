//! Making what the other rooms read: keys, passes, registries.

pub mod key;

pub mod pass;

pub mod qr;

pub mod paper;

pub mod card;

pub mod registry;

pub mod revocation;

pub mod setup_code;

pub mod poster;

pub mod simulate;

pub mod timeline;

pub mod day_sheet;

pub mod demo;

pub mod foreign;
