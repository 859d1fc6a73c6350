/**
 * What else has to hold for a command to be accepted. It is asked under the lock of the command's subject, once the command is
 * possible, and throws where it does not hold.
 */
export type Proviso = () => Promise<void>;
