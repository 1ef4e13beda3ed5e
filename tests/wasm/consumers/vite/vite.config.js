// Up to version 7, the development server moves the script, and not the module beside it.
export default { optimizeDeps: { exclude: ["task-api-wasm"] } };
