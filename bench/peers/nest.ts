import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import type { PeerModule } from '../peer.js';

const RESULT = { status: 'ACCEPTED' };

class Ping {
  constructor(readonly input: object) {}
}

@CommandHandler(Ping)
class PingHandler implements ICommandHandler<Ping> {
  async execute(_: Ping): Promise<unknown> {
    return RESULT;
  }
}

@Module({ imports: [CqrsModule.forRoot()], providers: [PingHandler] })
class PingModule {}

/** @nestjs/cqrs by its documentation: a handler found by its decorator. Its bus has no middleware. */
export const peer: PeerModule = {
  dispatchers: {
    '@nestjs/cqrs, no middleware': async () => {
      const app = await NestFactory.createApplicationContext(PingModule, { logger: false });
      await app.init();
      const bus = app.get(CommandBus);
      return () => bus.execute(new Ping({}));
    },
  },
};
