import { given } from 'tidemark/testing';
import { expect, test } from 'vitest';
import { ticket } from '../src/tickets/ticket.js';

const ticketId = '0197a1b2-0000-7000-8000-000000000001';
const opened = { type: 'TicketOpened', data: { ticketId, subject: 'The door', customer: 'Ada' } } as const;
const assigned = { type: 'TicketAssigned', data: { ticketId, agent: 'Bob' } } as const;

test('A ticket is closed by whom it was assigned to', () => {
  given(ticket, [opened, assigned])
    .when('closeTicket', { ticketId, resolution: 'Oiled' })
    .then({ type: 'TicketClosed', data: { ticketId, resolution: 'Oiled' } });
});

test('A ticket that nobody works on is not closed', () => {
  given(ticket, [opened]).when('closeTicket', { ticketId, resolution: 'Oiled' }).thenRefused('NOT_ASSIGNED');
});

test('Assigning it to the same agent again changes nothing', () => {
  given(ticket, [opened, assigned]).when('assignTicket', { ticketId, agent: 'Bob' }).thenNothing();
});

test('An input that breaks a rule never reaches the decider', () => {
  expect(() => given(ticket, []).when('openTicket', { subject: ' ', customer: 'Ada' })).toThrow(/subject/);
});
