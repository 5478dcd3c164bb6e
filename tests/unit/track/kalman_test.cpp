// The filters against the published matrices, written out in full, and their properties.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <random>

#include "track/kalman/xyah_filter.h"
#include "track/kalman/xysr_filter.h"
#include "track/kalman/xywh_filter.h"

namespace saccade::track {
namespace {

double random_in(std::mt19937& random, double low, double high) {
    return low + (high - low) * static_cast<double>(random() % 1000003) / 1000002;
}

Box random_box(std::mt19937& random) {
    const double x = random_in(random, -200, 2000), y = random_in(random, -200, 1100);
    return box_of(x, y, random_in(random, 5, 400), random_in(random, 5, 600));
}

/// A textbook filter of any size: the per-frame matrices of a paper and nothing of our own.
struct Textbook {
    Eigen::VectorXd x;
    Eigen::MatrixXd p, f, h;

    Textbook(int positions, int velocities)
        : x(Eigen::VectorXd::Zero(positions + velocities)),
          p(Eigen::MatrixXd::Identity(positions + velocities, positions + velocities)),
          f(p),
          h(Eigen::MatrixXd::Identity(positions, positions + velocities)) {
        for (int i = 0; i < velocities; ++i) f(i, positions + i) = 1;
    }
    void predict(const Eigen::VectorXd& q) {
        x = f * x;
        p = f * p * f.transpose() + Eigen::MatrixXd(q.asDiagonal());
    }
    void update(const Eigen::VectorXd& z, const Eigen::VectorXd& r) {
        const Eigen::MatrixXd s = h * p * h.transpose() + Eigen::MatrixXd(r.asDiagonal());
        const Eigen::MatrixXd k = p * h.transpose() * s.inverse();
        x += k * (z - h * x);
        p -= k * s * k.transpose();
    }
};

void expect_axis(const AxisFilter& a, const Textbook& t, int position, int velocity) {
    const double scale = std::abs(t.p(position, position));
    EXPECT_NEAR(a.position, t.x(position), 1e-6 * (1 + std::abs(t.x(position))));
    EXPECT_NEAR(a.pp, t.p(position, position), 1e-7 * scale);
    if (velocity < 0) return;
    EXPECT_NEAR(a.velocity, t.x(velocity), 1e-6 * (1 + std::abs(t.x(velocity))));
    EXPECT_NEAR(a.pv, t.p(position, velocity), 1e-7 * scale);
    EXPECT_NEAR(a.vv, t.p(velocity, velocity), 1e-7 * scale);
}

TEST(XyahFilter, EqualsByteTracksMatricesFrameByFrame) {
    std::mt19937 random(1);
    for (int run = 0; run < 20; ++run) {
        const Box first = random_box(random);
        const double h0 = first.height();
        XyahFilter ours(first);
        Textbook book(4, 4);
        book.x.head<4>() << first.center_x(), first.center_y(), first.width() / h0, h0;
        Eigen::VectorXd d(8);
        d << h0 / 10, h0 / 10, 1e-2, h0 / 10, h0 / 16, h0 / 16, 1e-5, h0 / 16;
        book.p = Eigen::MatrixXd(d.cwiseAbs2().asDiagonal());
        for (int frame = 0; frame < 40; ++frame) {
            const double h = book.x(3);
            d << h / 20, h / 20, 1e-2, h / 20, h / 160, h / 160, 1e-5, h / 160;
            book.predict(d.cwiseAbs2());
            ours.predict(1);
            if (frame % 5 == 3) continue;
            const Box b = random_box(random);
            const double now = book.x(3);
            Eigen::VectorXd z(4), r(4);
            z << b.center_x(), b.center_y(), b.width() / b.height(), b.height();
            r << now / 20, now / 20, 1e-1, now / 20;
            book.update(z, r.cwiseAbs2());
            ours.update(b);
        }
        expect_axis(ours.x(), book, 0, 4);
        expect_axis(ours.y(), book, 1, 5);
        expect_axis(ours.aspect(), book, 2, 6);
        expect_axis(ours.height(), book, 3, 7);
    }
}

TEST(XysrFilter, EqualsSortsMatricesFrameByFrame) {
    std::mt19937 random(2);
    const Box first{100, 100, 180, 300};
    XysrFilter ours(first);
    Textbook book(4, 3);
    book.x.head<4>() << first.center_x(), first.center_y(), first.area(), 80.0 / 200;
    Eigen::VectorXd p(7), q(7), r(4);
    p << 10, 10, 10, 10, 1e4, 1e4, 1e4;
    q << 1, 1, 1, 1, 0.01, 0.01, 0.0001;
    r << 1, 1, 10, 10;
    book.p = Eigen::MatrixXd(p.asDiagonal());
    for (int frame = 0; frame < 60; ++frame) {
        book.predict(q);
        ours.predict(1);
        if (frame % 7 == 2) continue;
        const double x = 140 + 2 * frame + random_in(random, -2, 2);
        const Box b = box_of(x, 200 + random_in(random, -2, 2), 80 + random_in(random, -3, 3),
                             200 + random_in(random, -5, 5));
        Eigen::VectorXd z(4);
        z << b.center_x(), b.center_y(), b.area(), b.width() / b.height();
        book.update(z, r);
        ours.update(b);
    }
    expect_axis(ours.x(), book, 0, 4);
    expect_axis(ours.y(), book, 1, 5);
    expect_axis(ours.area(), book, 2, 6);
    expect_axis(ours.aspect(), book, 3, -1);
}

TEST(XywhFilter, EqualsBotSortsMatricesFrameByFrame) {
    std::mt19937 random(3);
    const Box first = random_box(random);
    XywhFilter ours(first);
    Textbook book(4, 4);
    const auto deviations = [](double w, double h, double position, double velocity) {
        Eigen::VectorXd d(8);
        d << position * w, position * h, position * w, position * h, velocity * w, velocity * h,
            velocity * w, velocity * h;
        return Eigen::VectorXd(d.cwiseAbs2());
    };
    book.x.head<4>() << first.center_x(), first.center_y(), first.width(), first.height();
    book.p =
        Eigen::MatrixXd(deviations(first.width(), first.height(), 1.0 / 10, 1.0 / 16).asDiagonal());
    for (int frame = 0; frame < 40; ++frame) {
        book.predict(deviations(book.x(2), book.x(3), 1.0 / 20, 1.0 / 160));
        ours.predict(1);
        const Box b = random_box(random);
        Eigen::VectorXd z(4);
        z << b.center_x(), b.center_y(), b.width(), b.height();
        book.update(z, deviations(book.x(2), book.x(3), 1.0 / 20, 0).head<4>());
        ours.update(b);
    }
    for (int i = 0; i < 2; ++i) {
        EXPECT_NEAR(ours.center().state()(i), book.x(i), 1e-6 * (1 + std::abs(book.x(i))));
        EXPECT_NEAR(ours.center().state()(i + 2), book.x(i + 4), 1e-6);
        EXPECT_NEAR(ours.center().covariance()(i, i), book.p(i, i), 1e-7 * book.p(i, i));
        EXPECT_NEAR(ours.center().covariance()(i, i + 2), book.p(i, i + 4), 1e-7 * book.p(i, i));
    }
    expect_axis(ours.width(), book, 2, 6);
    expect_axis(ours.height(), book, 3, 7);
}

TEST(AxisFilter, AnyWayOfCuttingTimePredictsTheSame) {
    std::mt19937 random(4);
    for (int run = 0; run < 200; ++run) {
        const AxisNoise q{random_in(random, 0.1, 9), random_in(random, 0, 1)};
        AxisFilter whole{random_in(random, -9, 9), random_in(random, -9, 9),
                         random_in(random, 1, 9), random_in(random, -0.5, 0.5),
                         random_in(random, 1, 9)};
        AxisFilter cut = whole;
        double total = 0;
        for (int i = 0; i < 5; ++i) {
            const double n = random_in(random, 0, 3);
            cut.predict(n, q);
            total += n;
        }
        whole.predict(total, q);
        EXPECT_NEAR(cut.position, whole.position, 1e-9);
        EXPECT_NEAR(cut.pp, whole.pp, 1e-8 * whole.pp);
        EXPECT_NEAR(cut.pv, whole.pv, 1e-8 * whole.pp);
        EXPECT_NEAR(cut.vv, whole.vv, 1e-8 * whole.vv);
    }
}

TEST(PlaneFilter, AnyWayOfCuttingTimePredictsTheSame) {
    std::mt19937 random(5);
    Eigen::Matrix2d turn;
    turn << 0.8, 0.6, -0.6, 0.8;
    PlaneFilter whole(3, 4, {2, 5, 1, 3});
    whole.warp(turn, {1, 2});
    PlaneFilter cut = whole;
    double total = 0;
    for (int i = 0; i < 7; ++i) {
        const double n = random_in(random, 0, 2);
        cut.predict(n, {1, 0.2}, {2, 0.1});
        total += n;
    }
    whole.predict(total, {1, 0.2}, {2, 0.1});
    EXPECT_LT((cut.covariance() - whole.covariance()).norm(), 1e-9 * whole.covariance().norm());
    EXPECT_LT((cut.state() - whole.state()).norm(), 1e-9);
}

void expect_definite(const AxisFilter& a) {
    EXPECT_GT(a.pp, 0);
    EXPECT_GT(a.vv, 0);
    EXPECT_GT(a.pp * a.vv - a.pv * a.pv, 0);
}

TEST(Filters, CovariancesStayPositiveDefiniteWhateverTheStep) {
    std::mt19937 random(6);
    const Box first = random_box(random);
    XyahFilter xyah(first);
    XysrFilter xysr(first);
    XywhFilter xywh(first);
    for (int i = 0; i < 3000; ++i) {
        const double n = i % 50 == 0 ? 900 : random_in(random, 0, 4);
        xyah.predict(n), xysr.predict(n), xywh.predict(n);
        for (const AxisFilter* a : {&xyah.x(), &xyah.y(), &xyah.height(), &xysr.x(), &xysr.y(),
                                    &xywh.width(), &xywh.height()}) {
            expect_definite(*a);
        }
        if (i % 3 == 0) xywh.move({0.99, 0.05, 3, -0.05, 0.99, -2});
        const Eigen::Matrix4d p = xywh.center().covariance();
        EXPECT_EQ(p, p.transpose().eval());
        EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::Matrix4d>(p).eigenvalues().minCoeff(), 0);
        const Box b = random_box(random);
        xyah.update(b), xysr.update(b), xywh.update(b);
        for (const AxisFilter* a : {&xyah.x(), &xysr.x(), &xywh.width()}) expect_definite(*a);
    }
}

template <typename Filter>
void converges(double rate) {
    std::mt19937 random(7);
    Filter filter(Box{100, 100, 160, 250});
    Box b;
    for (int i = 1; i <= static_cast<int>(4 * rate); ++i) {
        const double t = i / rate, x = 130 + 90 * t, y = 175 - 45 * t;
        b = box_of(x + random_in(random, -1, 1), y + random_in(random, -1, 1), 60, 150);
        filter.predict(nominal_rate / rate);
        filter.update(b);
    }
    EXPECT_NEAR(filter.velocity_x(), 90, 9) << rate;
    EXPECT_NEAR(filter.velocity_y(), -45, 9) << rate;
    EXPECT_GT(iou(filter.box(), b), 0.92F) << rate;
}

TEST(Filters, FindTheVelocityOfAnObjectAtAnyRate) {
    for (const double rate : {10.0, 25.0, 30.0, 60.0, 240.0}) {
        converges<XyahFilter>(rate);
        converges<XysrFilter>(rate);
        converges<XywhFilter>(rate);
    }
}

TEST(XywhFilter, CameraMotionMovesTheStateWithThePicture) {
    XywhFilter filter(Box{100, 100, 160, 250});
    for (int i = 1; i <= 60; ++i) {
        filter.predict(1);
        filter.update(box_of(130 + 3 * i, 175, 60, 150));
    }
    const double x = filter.center().state()(0), y = filter.center().state()(1);
    filter.move({0, -2, 10, 2, 0, 20});  // a quarter turn, twice the size, a shift
    EXPECT_NEAR(filter.center().state()(0), -2 * y + 10, 1e-9);
    EXPECT_NEAR(filter.center().state()(1), 2 * x + 20, 1e-9);
    EXPECT_NEAR(filter.velocity_x(), 0, 1);
    EXPECT_NEAR(filter.velocity_y(), 2 * 90, 2);
    EXPECT_NEAR(filter.box().width(), 2 * 60, 1);
    EXPECT_NEAR(filter.box().height(), 2 * 150, 1);
}

}  // namespace
}  // namespace saccade::track
