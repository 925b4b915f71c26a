import fc from 'fast-check';

// Without a seed every run would try other cases, and a failure might not come again.
fc.configureGlobal({ seed: 2023 });
