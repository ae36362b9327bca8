import type { FormEvent } from 'react';

/** A form's submit, after which the first field that was found wrong has the focus. */
export function focusingWrong(submit: (event: FormEvent<HTMLFormElement>) => unknown) {
  return async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    await submit(event);
    requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
}
