//! The thin shell around the pure rooms: page, camera, worker, store.
pub mod store;

pub mod ui;
