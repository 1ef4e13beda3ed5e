//! Workflows in other languages: DAGs of Airflow, and pictures.

mod docker;
mod dot;
mod edges;
mod kaapana;
mod layout;
mod mermaid;
mod picture;
mod python;
mod svg;

pub use docker::{Docker, airflow_docker};
pub use dot::dot;
pub(crate) use kaapana::airflow_of_plain;
pub use kaapana::{OPERATOR_MODULE, airflow};
pub use mermaid::mermaid;
pub use svg::svg;

#[cfg(test)]
mod tests;
