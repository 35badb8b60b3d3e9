// How much of a long list the tests look at: a part that is the same in every run. `cargo xtask soak browsers` looks at all.
import process from 'node:process';

export const WHOLE = process.env.SPOTTER_WHOLE === '1';

/** Every so many-th of a list, from the first on. */
export const part = (list, every, from = 0) => (WHOLE ? list : list.filter((_, i) => i % every === from));

/** Whether it is a browser's turn: what both would see alike is shared out between them. */
export const turn = (which, whose) => WHOLE || which === whose;
