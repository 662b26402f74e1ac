import { useEffect, useRef, useState } from 'react';
import { NO_ERRORS, fieldErrorsOf, useSend, type FieldErrors, type Outcome } from '../commands/index.js';
import { createOrder, placeOrder } from '../documents/index.js';
import { go } from '../place/index.js';
import { useService } from '../service/index.js';
import {
  asSent,
  emptyDraft,
  emptyItem,
  inputOf,
  keepDraft,
  pathsOf,
  readDraft,
  type AddressField,
  type Draft,
  type DraftItem,
} from './draft.js';

/** A draft and what can be done with it. */
export interface DraftForm {
  readonly draft: Draft;
  readonly errors: FieldErrors;
  readonly outcome: Outcome | null;
  readonly sending: boolean;
  readonly set: (change: Partial<Draft>) => void;
  readonly setItem: (key: string, change: Partial<DraftItem>) => void;
  readonly setAddress: (name: AddressField, value: string) => void;
  readonly addItem: () => void;
  readonly removeItem: (key: string) => void;
  /** Creates the order, places it at once where that is wanted, and goes there. */
  readonly submit: (place: boolean) => void;
  readonly clear: () => void;
}

/** The draft of this tab; it survives a reload, and becomes one order however often it is sent. */
export function useDraft(): DraftForm {
  const { visitor } = useService();
  const own = visitor.customerId ?? '';
  const [draft, setDraft] = useState<Draft>(() => readDraft(own));
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [sending, setSending] = useState(false);
  const busy = useRef(false);
  const send = useSend();
  useEffect(() => keepDraft(draft), [draft]);

  async function submit(place: boolean): Promise<void> {
    const input = inputOf(draft);
    const sent = asSent(draft, input);
    setDraft(sent);
    // At once: a reload while the answer is on its way has to find it.
    keepDraft(sent);
    const result = await send(createOrder, input, sent.sent.commandId);
    // What was refused is refused for ever under its id; corrected or not, the next one is another command.
    if (result.status === 'refused') setDraft((now) => ({ ...now, sent: null }));
    setOutcome(result);
    if (result.status !== 'accepted' || result.orderId === null) return;
    if (place) await send(placeOrder, { orderId: result.orderId });
    setDraft(emptyDraft(own));
    go(`/orders/${result.orderId}`);
  }

  const edit = (change: (now: Draft) => Draft): void => setDraft(change);
  return {
    draft,
    errors: outcome === null ? NO_ERRORS : fieldErrorsOf(outcome, pathsOf(draft)),
    outcome,
    sending,
    set: (change) => edit((now) => ({ ...now, ...change })),
    setItem: (key, change) =>
      edit((now) => ({
        ...now,
        items: now.items.map((item) => (item.key === key ? { ...item, ...change } : item)),
      })),
    setAddress: (name, value) => edit((now) => ({ ...now, address: { ...now.address, [name]: value } })),
    addItem: () => edit((now) => ({ ...now, items: [...now.items, emptyItem()] })),
    removeItem: (key) => edit((now) => ({ ...now, items: now.items.filter((item) => item.key !== key) })),
    submit: (place) => {
      // The state is of the last drawing; a second press may come before the next.
      if (busy.current) return;
      busy.current = true;
      setSending(true);
      setOutcome(null);
      void submit(place).finally(() => {
        busy.current = false;
        setSending(false);
      });
    },
    clear: () => {
      setOutcome(null);
      setDraft(emptyDraft(own));
    },
  };
}
