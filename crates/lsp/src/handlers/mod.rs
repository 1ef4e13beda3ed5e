//! What a client asks for at a place: each request is a conversion, one call of [`task_api_ide`], and a conversion back.

mod actions;
mod commands;
mod completion;
mod layout;
mod look;
mod moves;
mod navigation;
mod tokens;
