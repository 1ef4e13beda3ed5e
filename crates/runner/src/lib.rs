//! Carries out a `ContainerSpec` on a container engine.
