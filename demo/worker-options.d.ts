// partyline declares it for its users; within this repository tsc does not see that through the
// package's reference to itself.
interface WorkerOptions {
  extendedLifetime?: boolean;
}
