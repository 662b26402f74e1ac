import { Button, Card, Center, Code, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { setToken } from './session.js';

/** Asks for a token; `why` says what a token is needed for, or what was wrong with the one at hand. */
export function SignIn({ title, why }: { readonly title: string; readonly why: string }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setToken(text.trim().replace(/^Bearer +/i, ''));
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Card withBorder shadow="sm" padding="lg" maw={440} w="100%">
        <form onSubmit={submit}>
          <Stack>
            <Title order={1} size="h2">
              {title}
            </Title>
            <Text>{why}</Text>
            <PasswordInput
              label="Token"
              description="A JSON Web Token. It is kept until you close the tab."
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              autoComplete="off"
              required
              data-autofocus
            />
            <Button type="submit" disabled={text.trim() === ''}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              For development: <Code>npm run token -- --role admin --subject ann</Code>
            </Text>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
