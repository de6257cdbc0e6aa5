# Nobody has built this file yet: tell us what happened when you do.
# CPU:  docker build -t yinliu .
# CUDA: docker build --target cuda -t yinliu:cuda .

FROM python:3.11-slim AS cuda
# PyTorch's wheels bring their own CUDA libraries; the host's driver comes in with --gpus all.
WORKDIR /yinliu
COPY . .
RUN python start.py install --ml
VOLUME ["/yinliu/models", "/yinliu/data"]
EXPOSE 8001
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8001/health')"
CMD ["python", "start.py", "serve", "--lan"]

FROM python:3.11-slim AS cpu
WORKDIR /yinliu
COPY . .
RUN python start.py install
VOLUME ["/yinliu/models", "/yinliu/data"]
EXPOSE 8001
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8001/health')"
CMD ["python", "start.py", "serve", "--lan"]
