//! What the Task API means: schemas, rules, resolution and the pure [`spec::ContainerSpec`].

pub mod secret;
pub mod spec;
