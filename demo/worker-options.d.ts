// partyline's types declare it, but within this repository tsc doesn't resolve them through the package's
// self-reference.
interface WorkerOptions {
  extendedLifetime?: boolean;
}
