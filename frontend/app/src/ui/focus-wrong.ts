import type { FormEvent } from 'react';

/** Returns a submit handler that focuses the first invalid field afterwards. */
export function focusingWrong(submit: (event: FormEvent<HTMLFormElement>) => unknown) {
  return async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    await submit(event);
    requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
}
