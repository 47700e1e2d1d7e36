/** The simulator cannot be found, started or reached, or refused a call of its control API. */
export class R1MockError extends Error {
  override name = 'R1MockError'

  constructor(
    message: string,
    /** The HTTP status of a refusal; absent where there was no answer. */
    readonly status?: number,
    /** What is wrong in detail, one entry for each finding. */
    readonly findings: readonly string[] = []
  ) {
    super([message, ...findings].join('\n  '))
  }
}

/** Requests were not as a test expected; the message is the simulator's own explanation. */
export class VerificationError extends Error {
  override name = 'VerificationError'
}
