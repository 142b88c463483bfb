/**
 * What the processes of a house are started with. A batch's rows live until its COMMIT: in a nursery of Node's usual 16 MB many of them
 * are carried to the old generation just before they die, which takes a fifth of a busy process's time.
 */
export const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64'] as const;
