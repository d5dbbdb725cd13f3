// Without these a handler that sleeps holds up everybody, as it does on a server.
delete WebAssembly.Suspending;
delete WebAssembly.promising;
